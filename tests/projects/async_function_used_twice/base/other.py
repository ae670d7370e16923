import api


class Page:
    async def show(self):
        api.fetch("x")
