"""What every link asks of its configuration and of each message before anything is sent."""

from sync.link.address import split_url
from sync.link.errors import BadTopicError, PacketTooLargeError
from sync.link.port import LinkConfig
from sync.link.topics import is_filter, require_topic


def require_config(config: LinkConfig) -> None:
    """Refuse a configuration that could never connect or subscribe.

    Raises:
        BadAddressError: The URL cannot be read.
        BadTopicError: A subscription or the will's topic is malformed.
    """
    split_url(config.url)
    for topic_filter in config.subscriptions:
        if not is_filter(topic_filter):
            raise BadTopicError(f"{topic_filter!r} is no topic filter")
    if config.will is not None:
        require_topic(config.will.topic)


def require_size(topic: str, payload: bytes, limit_bytes: int) -> None:
    """Refuse what a broker would cut the connection for.

    Raises:
        PacketTooLargeError: Topic and payload are above the limit.
    """
    size = len(topic.encode()) + len(payload)
    if size > limit_bytes:
        raise PacketTooLargeError(f"{size} bytes on {topic}, at most {limit_bytes} can be sent")
