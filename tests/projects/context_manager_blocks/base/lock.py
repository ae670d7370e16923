class Guard:
    def __enter__(self):
        return self

    def __exit__(self, *reason):
        pass


guard = Guard()
