from core import fetch, load

__all__ = ["fetch", "load"]
