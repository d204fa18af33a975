"""The maps of a school, as the form, the entries and the administrators see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404
from django.templatetags.static import static
from django.urls import reverse

from tenant_apps.maps.models import Map
from tenant_apps.maps.selectors.places import Place, body_places, near_on_body, ninths, part_of

# Every picture is drawn to this width, so that marks are as large on one as on another.
DRAWN_WIDTH = 400


@dataclass(frozen=True, slots=True)
class MapView:
    """A map and how it is drawn; `document_id` is empty for the outline that the product brings along."""

    id: UUID
    title: str
    is_enabled: bool
    document_id: UUID | None
    position: int
    height: int

    @property
    def width(self) -> int:
        """The width to which every map is drawn; `height` goes with it."""
        return DRAWN_WIDTH

    @property
    def url(self) -> str:
        """Where its picture is found."""
        return reverse("maps:picture", args=[self.id]) if self.document_id else static("img/body_map.svg")

    @property
    def places(self) -> tuple[Place, ...]:
        """Where a mark can be set without pointing."""
        return ninths() if self.document_id else body_places()

    def near(self, x: float, y: float) -> str:
        """The named place that this one is nearest to, or nothing."""
        return part_of(x, y) if self.document_id else near_on_body(x, y)


def enabled_maps() -> list[MapView]:
    """The maps that the incident form offers, in their order."""
    return [_view(row) for row in Map.objects.filter(is_enabled=True)]


def map_rows() -> list[MapView]:
    """Every map, disabled ones too, in their order."""
    return [_view(row) for row in Map.objects.all()]


def maps_by_ids(ids: Iterable[UUID]) -> dict[UUID, MapView]:
    """These maps in their order, disabled ones too: an incident keeps the maps it was marked on."""
    wanted = set(ids)
    return {row.pk: _view(row) for row in Map.objects.filter(pk__in=wanted)} if wanted else {}


def get_map(map_id: UUID) -> MapView:
    """One map; Http404 for none."""
    row = Map.objects.filter(pk=map_id).first()
    if row is None:
        raise Http404("no such map")
    return _view(row)


def picture_of(map_id: UUID) -> UUID:
    """The document with a map's picture; Http404 for no map and for the outline, which has none."""
    document_id = get_map(map_id).document_id
    if document_id is None:
        raise Http404("no picture of its own")
    return document_id


def _view(row: Map) -> MapView:
    return MapView(
        id=row.pk,
        title=row.title,
        is_enabled=row.is_enabled,
        document_id=row.document_id,
        position=row.position,
        height=max(round(DRAWN_WIDTH * row.height / row.width), 1),
    )
