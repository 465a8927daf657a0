"""What all widgets share: traits that the panel's views read and write, and a snapshot of what they showed last."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from traitlets import Dict, HasTraits, Int, Unicode

from ... import __version__
from .. import snapshot
from .front_end import FrontEnd, front_end, has_ipywidgets

if TYPE_CHECKING:
    from ...aws.session import AwsSession

if has_ipywidgets():
    import ipywidgets

    _Base: Any = ipywidgets.DOMWidget
else:
    # The traits, `refresh` and the static view need no more than a kernel has.
    _Base = HasTraits

# Shown by the panel, which takes the text/html of the same output where the widget is not alive.
MIME_TYPE = "application/vnd.jupyter-smext.widget+json"

# As npm writes it: 1.0.0b2 is 1.0.0-beta.2.
_PRE_RELEASE = {"a": "alpha", "b": "beta", "rc": "rc"}


def _npm_version(version: str) -> str:
    match = re.fullmatch(r"(\d+\.\d+\.\d+)(?:(a|b|rc)(\d+))?", version)
    if not match:
        return "*"
    number, kind, count = match.groups()
    return f"{number}-{_PRE_RELEASE[kind]}.{count}" if kind else number


class PanelWidget(_Base):  # type: ignore[misc]  # ipywidgets is not typed
    """A view of the panel in a cell.

    The front end reads through the Jupyter server's extension and writes what it read into the traits, so that the
    kernel asks AWS for nothing. `refresh` reads through the kernel, with the kernel's credentials. In a kernel without
    ipywidgets there is the static view only.
    """

    _model_module = Unicode("jupyter-smext").tag(sync=True)
    _model_module_version = Unicode(_npm_version(__version__)).tag(sync=True)
    _model_name = Unicode("PanelWidgetModel").tag(sync=True)
    _view_module = Unicode("jupyter-smext").tag(sync=True)
    _view_module_version = Unicode(_npm_version(__version__)).tag(sync=True)
    _view_name = Unicode("PanelWidgetView").tag(sync=True)
    _kind = Unicode().tag(sync=True)
    _snapshot = Dict(help="text/plain and text/html of the last state; the front end saves it.").tag(sync=True)

    height = Int(0, help="Of the view, in pixels; it can be dragged. 0: as high as its content.").tag(sync=True)

    #: Traits whose change makes another snapshot.
    _shown: ClassVar[tuple[str, ...]] = ()
    #: The trait that is empty as long as nothing was read; None for a widget that shows something without a read.
    _result: ClassVar[str | None] = None

    def __init__(self, **traits: Any) -> None:
        super().__init__(_kind=type(self).__name__, **traits)
        if self._shown:
            self.observe(self._take_snapshot, names=list(self._shown))
        self._take_snapshot()

    def refresh(self) -> None:
        """Read the present state through the kernel. Raises :class:`~jupyter_smext.aws.errors.SmextError`."""
        from ...aws.errors import from_aws

        try:
            self._read()
        except Exception as error:
            raise from_aws(error) from error

    def _read(self) -> None:
        """Read the present state into the traits, by the functions of the room."""
        raise NotImplementedError

    def _text(self) -> str:
        """The last state in a line or a few."""
        raise NotImplementedError

    def _html(self) -> str:
        """The last state, made by :mod:`~jupyter_smext.notebook.snapshot`."""
        raise NotImplementedError

    def _take_snapshot(self, _: object = None) -> None:
        from ...jobs.secrets import masked_text

        html = self._html() + "".join(snapshot.paragraph(each) for each in self._notes())
        self._snapshot = {"text/plain": masked_text(self._text()), "text/html": masked_text(html)}

    def _notes(self) -> list[str]:
        """What a reader of the static view has to know."""
        if not has_ipywidgets():
            return [
                "A static view: this kernel has no ipywidgets. `%pip install ipywidgets`, a restart of the kernel and "
                "a reload of the page make it live; refresh() reads again."
            ]
        if self._result and not getattr(self, self._result):
            return [
                "If this stays so, the server or the page has no jupyter_smext: refresh() reads through the kernel."
            ]
        return []

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        where = front_end()
        if where is FrontEnd.PANEL:
            return {**self._snapshot, MIME_TYPE: {"model_id": self.model_id}}
        problem = self._try_refresh()
        if where is FrontEnd.CORE:
            return {**self._with_button(problem)._repr_mimebundle_(), **self._snapshot}
        return dict(self._snapshot)

    def _try_refresh(self) -> str | None:
        """Read through the kernel; answers why it failed. A cell that shows a widget must not fail for that."""
        from ...aws.errors import SmextError

        try:
            self.refresh()
        except SmextError as error:
            return error.envelope.message
        return None

    def _with_button(self, problem: str | None) -> Any:
        """The snapshot and a button that takes another, of core widgets only."""
        shown = ipywidgets.HTML()
        said = ipywidgets.Label(problem or "")
        button = ipywidgets.Button(description="Refresh", icon="refresh")

        def show(_: object = None) -> None:
            shown.value = self._snapshot["text/html"]

        def read(_: object) -> None:
            said.value = self._try_refresh() or ""

        self.observe(show, names="_snapshot")
        button.on_click(read)
        show()
        return ipywidgets.VBox([shown, ipywidgets.HBox([button, said])])


_session: AwsSession | None = None


def kernel_session() -> AwsSession:
    """The kernel's own session with AWS, made at the first use: its environment decides, as for boto3."""
    global _session
    if _session is None:
        from ...aws.session import AwsSession

        _session = AwsSession()
    return _session
