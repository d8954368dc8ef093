"""What the tax office's service for the self-employed takes: anything else is refused."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(strict=True)]
Inn = Annotated[Text, Field(pattern=r"^[0-9]{12}$")]
Sum = Annotated[Decimal, Field(gt=0, max_digits=13, decimal_places=2)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Agent(_Asked):
    user_agent: Text = Field(alias="userAgent")


class DeviceIn(_Asked):
    """Who calls."""

    source_type: Literal["WEB", "IOS", "ANDROID"] = Field(alias="sourceType")
    source_device_id: Text = Field(alias="sourceDeviceId", min_length=1, max_length=64)
    app_version: Text = Field(alias="appVersion")
    meta_details: _Agent = Field(alias="metaDetails")


class PasswordIn(_Asked):
    """A taxpayer comes with the password of his web account."""

    username: Inn
    password: Text
    device_info: DeviceIn = Field(alias="deviceInfo")


class RefreshIn(_Asked):
    """A taxpayer comes with a refresh token."""

    refresh_token: Text = Field(alias="refreshToken")
    device_info: DeviceIn = Field(alias="deviceInfo")


class ServiceIn(_Asked):
    """One line."""

    name: Text = Field(min_length=1, max_length=256)
    amount: Sum
    quantity: Annotated[Decimal, Field(gt=0)]


class ClientIn(_Asked):
    """Who paid."""

    contact_phone: Text | None = Field(alias="contactPhone")
    display_name: Text | None = Field(alias="displayName")
    income_type: Literal["FROM_INDIVIDUAL", "FROM_LEGAL_ENTITY", "FROM_FOREIGN_AGENCY"] = Field(
        alias="incomeType"
    )
    inn: Text | None = Field(pattern=r"^([0-9]{10}|[0-9]{12})$")

    @model_validator(mode="after")
    def _is_named(self) -> "ClientIn":
        if self.income_type == "FROM_LEGAL_ENTITY" and not (self.inn and self.display_name):
            raise ValueError("a company without its name and number")
        return self


class IncomeIn(_Asked):
    """An income."""

    operation_time: AwareDatetime = Field(alias="operationTime")
    request_time: AwareDatetime = Field(alias="requestTime")
    services: list[ServiceIn] = Field(min_length=1, max_length=100)
    total_amount: Annotated[str, Field(alias="totalAmount", strict=True, pattern=r"^[0-9]+(\.[0-9]{1,2})?$")]
    client: ClientIn
    payment_type: Literal["CASH", "ACCOUNT"] = Field(alias="paymentType")
    ignore_limit: bool = Field(alias="ignoreMaxTotalIncomeRestriction", strict=True)

    @model_validator(mode="after")
    def _adds_up(self) -> "IncomeIn":
        sold = sum((each.amount * each.quantity for each in self.services), Decimal(0))
        if sold != Decimal(self.total_amount):
            raise ValueError("totalAmount is not the sum of the services")
        return self


class CancelIn(_Asked):
    """An annulment."""

    operation_time: AwareDatetime = Field(alias="operationTime")
    request_time: AwareDatetime = Field(alias="requestTime")
    comment: Literal["Чек сформирован ошибочно", "Возврат средств"]
    receipt_uuid: Text = Field(alias="receiptUuid", min_length=1)
    partner_code: Text | None = Field(alias="partnerCode")
