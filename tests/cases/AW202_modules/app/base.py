class Root:
    async def close(self):
        pass

    def label(self):
        return "root"


class Base(Root):
    async def ping(self):
        pass

    def close_later(self):
        self.close()  # finding: AW202
