from other import Other, fetch


async def refresh(url):
    fetch(url)
    Other().close()


async def local():
    def fetch(url):
        return url

    fetch("x")
