"""A form as a person fills it in: only what is there can be filled, chosen or pressed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

if TYPE_CHECKING:
    from tests.support.page import Page

BUTTON_TYPES = ("submit", "image")
NOT_FILLED = ("submit", "image", "button", "reset")
Pairs = list[tuple[str, Any]]


class FormError(AssertionError):
    """The form does not have what the test wants to fill in."""


@dataclass
class Control:
    """One field of a form: all radio buttons or checkboxes of one name, else one element."""

    name: str
    kind: str
    elements: list[Element]

    @property
    def options(self) -> list[str]:
        """The values that can be chosen; none for a field in which one writes."""
        if self.kind == "select":
            return [_option_value(option) for option in self.elements[0].iter("option")]
        if self.kind in ("radio", "checkbox"):
            return [element.get("value", "on") for element in self.elements]
        return []

    def values(self) -> list[str]:
        """What it sends when nobody touches it."""
        first = self.elements[0]
        if self.kind in ("radio", "checkbox"):
            return [
                element.get("value", "on")
                for element in self.elements
                if "checked" in element.attrib and "disabled" not in element.attrib
            ]
        if self.kind == "file" or "disabled" in first.attrib:
            return []
        if self.kind == "select":
            return _selected(first)
        if self.kind == "textarea":
            return [(first.text or "").removeprefix("\n")]
        return [first.get("value", "")]

    def fill(self, value: Any) -> list[Any]:
        """What it sends when it is filled in with this."""
        if all("disabled" in element.attrib for element in self.elements):
            raise FormError(f"{self.name} cannot be filled in: it is disabled")
        if value is None:
            return []
        if self.kind == "checkbox" and isinstance(value, bool):
            if value and len(self.options) > 1:
                raise FormError(f"say which of {self.options} of {self.name}")
            return self.options if value else []
        if self.kind == "file":
            return [value]
        chosen = [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
        unknown = set(chosen) - set(self.options)
        if self.kind in ("radio", "checkbox", "select") and unknown:
            raise FormError(f"{self.name} offers {self.options}, not {sorted(unknown)}")
        if len(chosen) > 1 and not self._takes_many():
            raise FormError(f"{self.name} takes one value, not {chosen}")
        return chosen

    def _takes_many(self) -> bool:
        many = self.kind == "select" and "multiple" in self.elements[0].attrib
        return self.kind == "checkbox" or many or len(self.elements) > 1


class Form:
    def __init__(self, page: "Page", element: Element) -> None:
        self.page = page
        self.element = element
        self.method = element.get("method", "get").lower()
        self.action = urljoin(page.address, element.get("action") or page.address)
        self.multipart = element.get("enctype", "").lower() == "multipart/form-data"
        self.controls: dict[str, Control] = {}
        self._buttons: list[Element] = []
        for part in page.all("input", "select", "textarea", "button"):
            if self._owns(part):
                self._take(part)

    @property
    def names(self) -> set[str]:
        return set(self.controls)

    @property
    def buttons(self) -> list[str]:
        """What stands on its buttons."""
        return [button_text(button) for button in self._buttons]

    def filled(self, fields: dict[str, Any], button: str | None = None) -> tuple[str, Pairs]:
        """Where it goes and what it sends when these fields are filled in and that is pressed."""
        unknown = set(fields) - self.names
        if unknown:
            raise FormError(f"no field {sorted(unknown)} in this form; it has {sorted(self.names)}")
        pairs: Pairs = []
        for name, control in self.controls.items():
            values = control.fill(fields[name]) if name in fields else control.values()
            pairs += [(name, value) for value in values]
            if control.kind == "file" and values and not self.multipart:
                raise FormError(f"a form that sends the file {name} needs multipart/form-data")
        pressed = self._pressed(button)
        if pressed is not None and pressed.get("name"):
            pairs.append((pressed.get("name", ""), pressed.get("value", "")))
        target = pressed.get("formaction") if pressed is not None else None
        return urljoin(self.page.address, target) if target else self.action, pairs

    def _pressed(self, text: str | None) -> Element | None:
        if text is None:
            return self._buttons[0] if self._buttons else None
        return next((button for button in self._buttons if button_text(button) == text), None)

    def _owns(self, part: Element) -> bool:
        if "form" in part.attrib:
            return part.get("form") == self.element.get("id")
        return self.element in self.page.above(part)

    def _take(self, part: Element) -> None:
        kind = control_kind(part)
        if kind in NOT_FILLED:
            if kind in BUTTON_TYPES and "disabled" not in part.attrib:
                self._buttons.append(part)
        elif name := part.get("name"):
            if name in self.controls:
                self.controls[name].elements.append(part)
            else:
                self.controls[name] = Control(name, kind, [part])


def control_kind(part: Element) -> str:
    if part.tag == "button":
        return part.get("type", "submit").lower()
    return part.get("type", "text").lower() if part.tag == "input" else str(part.tag)


def button_text(button: Element) -> str:
    text = button.get("value", "") if button.tag == "input" else "".join(button.itertext())
    return " ".join((text or button.get("aria-label", "")).split())


def _option_value(option: Element) -> str:
    return option.get("value", "".join(option.itertext()).strip())


def _selected(select: Element) -> list[str]:
    options = [option for option in select.iter("option") if "disabled" not in option.attrib]
    chosen = [option for option in options if "selected" in option.attrib]
    if not chosen and "multiple" not in select.attrib:
        chosen = options[:1]  # a browser shows the first
    return [_option_value(option) for option in chosen]
