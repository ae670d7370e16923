def work():
    from store import read

    return read(1)


if __name__ == "__main__":
    work()
