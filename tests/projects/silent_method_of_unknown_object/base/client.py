class Client:
    def close(self):
        pass

    def fetch(self):
        return 1
