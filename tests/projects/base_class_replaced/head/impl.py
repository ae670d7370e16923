import aio
import sync

KINDS = (aio, sync)


class Pooled(aio.Client):  # caused: AW202
    size = 3
