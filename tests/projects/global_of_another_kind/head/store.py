from redis import Redis

cache = Redis(db=1)  # caused: AW504
