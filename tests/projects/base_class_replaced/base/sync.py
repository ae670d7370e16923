class Client:
    def close(self):
        pass
