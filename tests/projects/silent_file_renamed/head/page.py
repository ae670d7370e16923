from core import fetch
