"""Settings: safe for development as they stand.

Each is set for an installation by an environment variable of the same name
with ``FESTIVAL_`` before it; the README lists them all. An empty value means
"not set".
"""

ENV = "development"  # or "production", which refuses to start on development secrets
VAR_DIR = "var"  # databases, development keys and .eml files, unless set otherwise

# Who we are
SITE_URL = "http://127.0.0.1:5000"  # how links in mail begin
TRUSTED_HOSTS = ""  # host names we answer to, comma separated; required in production
PROXIES = 0  # how many reverse proxies set X-Forwarded-*
INSTANCE_NAME = "festival-development"  # part of what a ticket's signature covers
CALENDAR_DOMAIN = "festival.example"  # the fixed right-hand side of calendar UIDs and Message-IDs

# Secrets
SECRET_KEY = ""  # signs cookies and links; made under VAR_DIR in development
TICKET_KEY_FILE = ""  # the keys that sign tickets; made under VAR_DIR in development
# Or the key itself, where secrets come by the environment:
TICKET_KEY = ""  # Ed25519 private key, 64 hex digits
TICKET_KEY_ID = 1  # 0 to 15, another one for each new key
TICKET_PUBLIC_KEYS = ""  # earlier keys still believed, "1:public key,2:public key"; see keys rotate

# Storage
DATABASE_URL = ""  # SQLite under VAR_DIR, or postgresql+psycopg://...

# Mail
MAIL_FROM = "bookings@festival.example"
MAIL_FROM_NAME = "Learning festival bookings"
SMTP_HOST = ""  # empty: .eml files under VAR_DIR/mail
SMTP_PORT = 25
SMTP_SECURITY = "none"  # none, starttls or tls
SMTP_USER = ""
SMTP_PASSWORD = ""
SMTP_TIMEOUT = 20  # seconds for each step of a conversation with the mail server
MAIL_PER_DOMAIN = 60  # messages a minute to one recipient domain; 0: as many as there are

# Texts
SMS_NOTIFY_KEY = ""  # of GOV.UK Notify; empty: .txt files under VAR_DIR/sms
SMS_NOTIFY_TEMPLATE = ""  # the id of a template that has nothing but ((body))
SMS_NOTIFY_URL = "https://api.notifications.service.gov.uk"

# Booking
HOLD_MINUTES = 15
HOLD_EXTENSIONS = 10
TRAVEL_KMH = 8  # between venues, in a straight line, on foot and by bus
TRAVEL_MINUTES = 5  # and for setting out

# Programs
API_LIMIT = 60000  # requests a minute with one token

# Feeds
FEED_SECONDS = 20  # how long a web process repeats a public feed before it looks again, 0 to 30

# Lists
LIST_SECONDS = 5  # how long lists say the same number of places, 0 to 30; 0: keep nothing at all

# Pictures
PICTURE_MEGABYTES = 16  # the largest file that is taken, 1 to 64

# The map
MAP_TILES = ""  # https://.../{z}/{x}/{y}.png of a server of map pictures; empty: our own drawing
MAP_CREDIT = ""  # who made them, as their licence wants it shown; needed with MAP_TILES

# Serving
WORKERS = 2
THREADS = 4

# Development only: where the clock starts, ISO 8601 with a zone
NOW = ""
