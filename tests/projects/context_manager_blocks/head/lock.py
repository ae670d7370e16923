import time


class Guard:
    def __enter__(self):
        time.sleep(1)  # caused: AW113
        return self

    def __exit__(self, *reason):
        pass


guard = Guard()
