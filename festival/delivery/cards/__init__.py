"""What a link to a session looks like where people share it: a picture with its title, its date
and the art of its theme. Drawn here, from what it says alone, so that the same words are the same
picture."""

from festival.delivery.cards.art import Layer, layers
from festival.delivery.cards.drawing import HEIGHT, WIDTH, Card, png

__all__ = ["HEIGHT", "WIDTH", "Card", "Layer", "layers", "png"]
