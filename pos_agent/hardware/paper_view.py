"""A document as a screen shows it: the lines and dots that its printer would be sent, from the one layout."""

from dataclasses import dataclass

from devices.printing.document import Document
from devices.printing.layout import Laid, lay_out
from devices.printing.plain_text import plain_text
from devices.profiles import Profile, load_profile
from pos_agent.hardware.printer_configs import logo_of
from pos_agent.settings import AgentSettings


@dataclass(frozen=True, slots=True)
class PaperView:
    """A document laid out for the printer it is meant for; without one, for a common 80 mm roll."""

    settings: AgentSettings
    document: Document
    printer: str | None

    def text(self) -> str:
        """Its lines as plain text, for those who cannot see a picture."""
        profile = self._profile()
        return plain_text(lay_out(self.document, profile), profile.columns)

    def picture(self) -> bytes:
        """Its dots as a PNG file. Draws: call it in a thread.

        Raises:
            FontMissing: this machine has no Chinese font.
        """
        # Pillow is loaded by the first picture that somebody looks at
        from devices.printing.face import machine_face  # noqa: PLC0415
        from devices.printing.picture import paper_picture, png  # noqa: PLC0415

        profile = self._profile()
        laid: tuple[Laid, ...] = lay_out(self.document, profile)
        return png(paper_picture(laid, profile, machine_face(), logo_of(self.settings)))

    def _profile(self) -> Profile:
        key = next((one.profile for one in self.settings.printer if one.id == self.printer), "generic-80")
        return load_profile(key, self.settings.printer_profiles)
