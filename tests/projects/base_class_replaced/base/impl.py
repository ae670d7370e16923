import aio
import sync

KINDS = (aio, sync)


class Pooled(sync.Client):
    size = 3
