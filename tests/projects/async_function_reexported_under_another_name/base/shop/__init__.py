from .api import fetch as load_page
