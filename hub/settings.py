"""Settings of the hub: `hub.toml` and the environment (`OMO_HUB_…`)."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, SecretStr, StringConstraints, model_validator

from sync.runtime.settings import ProgramSettings, Section
from sync.web.known_hosts import HostName

Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,252}(:[0-9]{1,5})?$")]
"""A host name with an optional port, as it may stand in a content security policy."""

RULED_USER: Final = "hub"
"""The hub's name in the broker's rule file (`hub.broker.rules.HUB_USER`)."""


class BrokerSection(Section):
    """How the hub reaches the broker, and where it writes the broker's users and rules."""

    url: str = Field("mqtt://127.0.0.1:1883", description="The broker as the hub reaches it")
    public_url: str = Field("", description="The broker as stores reach it; empty: the same")
    user: str = Field("hub", description="The hub's user at the broker")
    secret: SecretStr = Field(SecretStr(""), description="The hub's secret at the broker")
    folder: Path | None = Field(None, description="Where the broker's user and rule files are written")

    @model_validator(mode="after")
    def _rules_know_the_user(self) -> "BrokerSection":
        """The rule file that the hub writes gives its rights to one name."""
        if self.folder is not None and self.user != RULED_USER:
            msg = f"user must be {RULED_USER!r} where folder is set: the rules written there know no other"
            raise ValueError(msg)
        return self


class ShopSection(Section):
    """How the shop behaves."""

    name_zh: str = Field("", max_length=40, description="The chain's name in Chinese; empty: the other")
    name_en: str = Field("", max_length=40, description="The chain's name in English; empty: the other")
    pictures: Path | None = Field(None, description="Folder of products' pictures; empty: the demo chain's")
    picture_hosts: tuple[Host, ...] = Field(
        (), max_length=20, description="Hosts whose https pictures pages may show, such as cdn.example.com"
    )
    hold_unpaid_minutes: int = Field(
        15, ge=1, le=1440, description="How long an unpaid order holds its units"
    )
    want_wait_ms: int = Field(500, ge=0, le=5000, description="How long an order waits for a store's grant")
    most_units: int = Field(99, ge=1, le=100_000, description="The most units of one SKU in an order")
    phone_region: str = Field(
        "CN", min_length=2, max_length=2, description="Region of phone numbers without +"
    )


class VerifySection(Section):
    """The nightly check of the books."""

    hour: int = Field(3, ge=0, le=23, description="Hour of the chain's day at which the books are checked")


class HubSettings(ProgramSettings, env_prefix="OMO_HUB_"):
    """All settings of the hub."""

    data_dir: Path = Field(Path("hub-data"), description="Folder of the hub's state")
    host: str = Field("127.0.0.1", description="Address the pages and the API listen on")
    port: int = Field(8000, ge=0, le=65535, description="TCP port; 0 takes a free one")
    public_url: str = Field("", description="How customers reach the shop; empty: host and port")
    trusted_proxy: str = Field(
        "", description="Address of the reverse proxy whose X-Forwarded-* headers count; empty: nobody's"
    )
    hosts: tuple[HostName, ...] = Field(
        (),
        max_length=32,
        description="Names beside public_url's under which the hub answers; addresses always do",
    )
    server: Literal["uvicorn", "granian"] = Field("uvicorn", description="The HTTP server")
    log_format: Literal["console", "json"] = Field("console", description="How log lines look")
    broker: BrokerSection = BrokerSection()
    shop: ShopSection = ShopSection()
    verify: VerifySection = VerifySection()

    @model_validator(mode="after")
    def _proxy_is_one_address(self) -> "HubSettings":
        """Whoever is believed may name any sender: one machine, never a pattern."""
        if not self.trusted_proxy:
            return self
        try:
            ip_address(self.trusted_proxy)
        except ValueError as error:
            msg = f"trusted_proxy must be an IP address such as 127.0.0.1, not {self.trusted_proxy!r}"
            raise ValueError(msg) from error
        if self.server == "granian":
            msg = "trusted_proxy needs server = 'uvicorn': granian does not read a proxy's headers"
            raise ValueError(msg)
        return self
