from .api import fetch

__all__ = ["fetch"]
