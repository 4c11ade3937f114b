"""What runs by itself: delivering, settling, publishing, purging."""
