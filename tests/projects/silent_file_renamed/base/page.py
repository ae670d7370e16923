from api import fetch
