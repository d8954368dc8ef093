"""Settings of the doors beside the web. A door without its token or address is closed."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

Hearing = Literal["auto", "webhook", "poll"]  # auto: knocks if PUBLIC_URL is https, else is asked


class DoorSettings(BaseSettings):
    """What the environment may say about doors."""

    telegram_client_token: SecretStr | None = None
    telegram_master_token: SecretStr | None = None
    telegram_client_name: str = ""  # the bot's public name, for links that open it
    telegram_master_name: str = ""
    telegram_api_url: str = ""
    telegram_proxy: str = ""
    telegram_mode: Hearing = "auto"
    max_client_token: SecretStr | None = None
    max_master_token: SecretStr | None = None
    max_client_app: str = ""  # the bot's public name, if our page is registered as its mini app
    max_master_app: str = ""
    max_client_name: str = ""
    max_master_name: str = ""
    max_api_url: str = ""
    max_proxy: str = ""
    max_ca_file: Path | None = None  # roots believed beside the system's
    max_mode: Hearing = "auto"
    vk_client_token: SecretStr | None = None
    vk_client_group: int = Field(default=0, ge=0)
    vk_client_confirmation: str = ""
    vk_master_token: SecretStr | None = None
    vk_master_group: int = Field(default=0, ge=0)
    vk_master_confirmation: str = ""
    vk_api_url: str = ""
    vk_proxy: str = ""
    vk_mode: Hearing = "auto"
    whatsapp_token: SecretStr | None = None
    # SMS: through SMS.ru over HTTP, or straight to an operator.
    sms_provider: Literal["none", "smsru", "smpp"] = "none"
    smsru_api_id: SecretStr | None = None
    smsru_from: str = ""
    smsru_api_url: str = ""
    smsru_test: bool = False  # everything is checked, nothing is sent or paid
    smpp_host: str = ""
    smpp_port: int = Field(default=2775, ge=1, le=65_535)
    smpp_system_id: str = ""
    smpp_password: SecretStr | None = None
    smpp_from: str = ""
    smpp_tls: bool = False
    smpp_system_type: str = ""
    smpp_window: int = Field(default=10, ge=1)  # requests on their way at once
    smpp_per_second: float = Field(default=10.0, gt=0)  # segments
    smpp_long: Literal["parts", "payload"] = "parts"
    smpp_hex_ids: bool = False  # ids come in hexadecimal, and in receipts in decimal
    # Mail: out through a server of ours or a provider's, in by our own SMTP server behind it.
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65_535)
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    smtp_from: str = ""
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    mail_listen_host: str = "127.0.0.1"
    mail_listen_port: int = Field(default=0, ge=0, le=65_535)  # 0: no mail is taken in
    mail_listen_certificate: Path | None = None  # with its key: mail may come over TLS
    mail_listen_key: Path | None = None
    # Forms that are filled in elsewhere; an intake without its secret is closed.
    form_secret: SecretStr | None = None  # what our script brings with every Google form
    hh_secret: SecretStr | None = None  # the last part of the address HH.ru knocks at
    hh_token: SecretStr | None = None  # reads who answered an advertisement
    hh_api_url: str = ""

    @property
    def has_real_people(self) -> bool:
        """Whether a door is open by which real people come, so that nobody may be played."""
        tokens = (
            *(self.telegram_client_token, self.telegram_master_token),
            *(self.max_client_token, self.max_master_token),
            *(self.vk_client_token, self.vk_master_token),
            self.whatsapp_token,
        )
        return (
            any(token is not None for token in tokens) or self.sms_provider != "none" or bool(self.smtp_host)
        )
