"""The broker in Redis, which never tries to give a message back.

kombu puts a message that nobody acknowledged back into the queue when its connection
ends, over that very connection. When it is Redis that went away this raises, and ends
the worker. Here a message is a bell that may be lost: the dispatcher rings again.
"""

from kombu.transport import redis


class RedisChannel(redis.Channel):
    do_restore = False


class RedisTransport(redis.Transport):
    Channel = RedisChannel
