"""Typed settings: the only reader of the environment. A bad value stops the start with one sentence."""

import secrets
from collections.abc import Mapping
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bots.door_settings import DoorSettings

ROOT = Path(__file__).resolve().parent.parent
_PRIVATE = 0o600


class SettingsRefused(ValueError):  # noqa: N818 - it is an answer to whoever set it
    """A setting has a value we cannot use. Its text names the setting."""


class Settings(DoorSettings):
    """Everything the environment may say. `.env.example` lists each with its unit."""

    model_config = SettingsConfigDict(
        env_file=ROOT / ".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    data_dir: Path = ROOT / "var"
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8026, ge=0, le=65_535)
    public_url: str = ""
    api_token: SecretStr | None = None
    secret_key: SecretStr | None = None
    tz_default: str = "Europe/Kaliningrad"
    naryad_markets: str = "home_services"
    naryad_demo: bool = True
    naryad_city: str = "Калининград"
    limit_messages_per_minute: int = Field(default=20, ge=1)
    limit_starts_per_hour: int = Field(default=10, ge=1)
    limit_body_bytes: int = Field(default=20 * 1024 * 1024, ge=1_024)
    trust_proxy: bool = False  # take the client's address from X-Forwarded-For of the last hop
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    # Who takes the money, and who pays masters out. A provider without its keys is the built-in one.
    payment_provider: Literal["simulator", "yookassa", "tinkoff", "sberbank", "cloudpayments"] = "simulator"
    payment_test_mode: bool = True
    payout_provider: Literal["", "simulator", "yookassa", "file"] = ""
    fiscal_provider: Literal["none", "simulator", "gateway", "atol"] = "simulator"
    npd_provider: Literal["none", "simulator", "moynalog"] = "simulator"
    yookassa_shop_id: str = ""
    yookassa_secret_key: SecretStr | None = None
    yookassa_api_url: str = ""
    yookassa_notice_networks: str = ""
    yookassa_payout_id: str = ""
    yookassa_payout_key: SecretStr | None = None
    tinkoff_terminal_key: str = ""
    tinkoff_password: SecretStr | None = None
    tinkoff_api_url: str = ""
    sberbank_username: str = ""
    sberbank_password: SecretStr | None = None
    sberbank_callback_key: SecretStr | None = None
    sberbank_api_url: str = ""
    sberbank_page_url: str = ""
    cloudpayments_public_id: str = ""
    cloudpayments_api_secret: SecretStr | None = None
    cloudpayments_api_url: str = ""
    # Who registers receipts. One without its keys is the built-in one.
    atol_login: str = ""
    atol_password: SecretStr | None = None
    atol_group: str = ""
    atol_inn: str = Field(default="", pattern=r"^([0-9]{10}|[0-9]{12})?$")
    atol_address: str = ""  # where people pay (tag 1187): the address of our site
    atol_email: str = ""
    atol_sno: Literal["osn", "usn_income", "usn_income_outcome", "esn", "patent"] = "usn_income"
    atol_api_url: str = ""
    moynalog_tokens: dict[str, SecretStr] = Field(default_factory=dict)  # by taxpayer number
    moynalog_passwords: dict[str, SecretStr] = Field(default_factory=dict)
    moynalog_api_url: str = ""

    @field_validator("tz_default")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value} is not a time zone") from error
        return value

    @field_validator("database_url")
    @classmethod
    def _database_known(cls, value: str) -> str:
        if value and not value.startswith(("sqlite+aiosqlite://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite+aiosqlite:// or postgresql+psycopg://")
        try:
            make_url(value or "sqlite://")
        except (ArgumentError, ValueError):  # what they say may quote a password
            raise ValueError(
                "is no address, such as postgresql+psycopg://user:password@host/naryad"
            ) from None
        return value

    @field_validator("yookassa_notice_networks")
    @classmethod
    def _networks_known(cls, value: str) -> str:
        for network in _listed(value):
            try:
                ip_network(network)
            except ValueError as error:
                raise ValueError(f"{network} is no network, such as 185.71.76.0/27") from error
        return value

    @field_validator("public_url")
    @classmethod
    def _public_url_plain(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _markets_exist(self) -> Self:
        known = {path.stem for path in (ROOT / "core" / "markets").glob("*.toml")}
        if unknown := sorted(set(self.markets) - known):
            raise ValueError(f"NARYAD_MARKETS names no market of ours: {', '.join(unknown)}")
        return self

    @property
    def markets(self) -> tuple[str, ...]:
        """Names of the markets that are open; the first is the default one."""
        return _listed(self.naryad_markets)

    @property
    def database(self) -> str:
        """The database's address: SQLite in the data folder, unless another is named."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'naryad.db'}"

    @property
    def url(self) -> str:
        """Where people reach us."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def zone(self) -> ZoneInfo:
        """The zone of a talk that names no city."""
        return ZoneInfo(self.tz_default)

    @property
    def provider_keys(self) -> dict[str, Any]:
        """What the chosen provider is opened with; empty unless all of it is set."""
        return self.keys_of(self.payment_provider)

    def keys_of(self, provider: str) -> dict[str, Any]:
        """What a payment provider is opened with, chosen or not; empty unless all of it is set."""
        needed: dict[str, dict[str, str | SecretStr | None]] = {
            "yookassa": {"shop_id": self.yookassa_shop_id, "secret_key": self.yookassa_secret_key},
            "tinkoff": {"terminal_key": self.tinkoff_terminal_key, "password": self.tinkoff_password},
            "sberbank": {
                "user_name": self.sberbank_username,
                "password": self.sberbank_password,
                "callback_key": self.sberbank_callback_key,
            },
            "cloudpayments": {
                "public_id": self.cloudpayments_public_id,
                "api_secret": self.cloudpayments_api_secret,
            },
        }
        more: dict[str, Any] = {
            "api_url": getattr(self, f"{provider}_api_url", ""),
            "networks": _listed(self.yookassa_notice_networks) if provider == "yookassa" else (),
            "page_url": self.sberbank_page_url if provider == "sberbank" else "",
        }
        found = _plain(needed.get(provider, {}))
        return {**found, **{name: value for name, value in more.items() if value}} if found else {}

    @property
    def paymaster_keys(self) -> dict[str, Any]:
        """What the paymaster is opened with; empty unless all of it is set."""
        found = _plain({"gateway_id": self.yookassa_payout_id, "secret_key": self.yookassa_payout_key})
        url = {"api_url": self.yookassa_api_url} if self.yookassa_api_url else {}
        return {**found, **url} if found else {}

    @property
    def atol_keys(self) -> dict[str, Any]:
        """What ATOL Online is opened with, if it is chosen; empty unless all of it is set."""
        company = {"email": self.atol_email, "inn": self.atol_inn, "payment_address": self.atol_address}
        entry = {"login": self.atol_login, "password": self.atol_password, "group": self.atol_group}
        if self.fiscal_provider != "atol" or not all(company.values()) or not (found := _plain(entry)):
            return {}
        url = {"api_url": self.atol_api_url} if self.atol_api_url else {}
        return {**found, **url, "company": {**company, "sno": self.atol_sno}}

    @property
    def moynalog_keys(self) -> dict[str, dict[str, str]]:
        """How each master's account at the tax office is opened, by his number, if that is chosen."""
        if self.npd_provider != "moynalog":
            return {}
        found: dict[str, dict[str, str]] = {}
        for name, kept in (("refresh_token", self.moynalog_tokens), ("password", self.moynalog_passwords)):
            for inn, secret in kept.items():
                found.setdefault(inn, {})[name] = secret.get_secret_value()
        return found

    @property
    def paying_out_by(self) -> str:
        """Who pays masters out: as chosen, else the built-in provider beside itself, and a file by hand."""
        if self.payout_provider == "yookassa" and not self.paymaster_keys:
            return "simulator"
        return self.payout_provider or ("file" if self.provider_keys else "simulator")

    @property
    def has_real_doors(self) -> bool:
        """Whether a real channel or provider is connected, so that nobody may be played."""
        return self.has_real_people or bool(self.provider_keys or self.atol_keys or self.moynalog_keys)

    @property
    def is_demo(self) -> bool:
        """Whether the demo city may be made and may act."""
        return self.naryad_demo and not self.has_real_doors

    @cached_property
    def owner_token(self) -> str:
        """The owner's token: the setting, or one made at the first start and kept in the data folder."""
        return self.api_token.get_secret_value() if self.api_token else _kept(self.data_dir / "api_token")

    @cached_property
    def secret(self) -> bytes:
        """What our own tokens are signed with. Machines that share a database share it by SECRET_KEY."""
        kept = self.secret_key.get_secret_value() if self.secret_key else _kept(self.data_dir / "secret")
        return kept.encode()


def settings(**values: object) -> Settings:
    """Read the settings; `values` win over the environment.

    Raises:
        SettingsRefused: a value cannot be used; the sentence names the setting.
    """
    try:
        return Settings(**values)  # type: ignore[arg-type]  # values are checked by the model itself
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise SettingsRefused(f"{name}: {reason}" if name else reason) from error


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())


def _plain(keys: Mapping[str, str | SecretStr | None]) -> dict[str, str]:
    """Return keys in plain; nothing if one is missing."""
    found = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in keys.items()
    }
    return {name: value for name, value in found.items() if value} if all(found.values()) else {}


def _kept(path: Path) -> str:
    """Return the secret in a file that only we may read, made if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=_PRIVATE)
        path.write_text(secrets.token_urlsafe(32), "utf-8")
    path.chmod(_PRIVATE)
    return path.read_text("utf-8").strip()
