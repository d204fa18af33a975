"""Reads of maps. Which maps a school has is no secret among its staff; marks belong to incidents."""

from tenant_apps.maps.selectors.maps import (
    MapView,
    enabled_maps,
    get_map,
    map_rows,
    maps_by_ids,
    picture_of,
)
from tenant_apps.maps.selectors.places import OUTLINE, OUTLINE_SIZE, Place

__all__ = [
    "OUTLINE",
    "OUTLINE_SIZE",
    "MapView",
    "Place",
    "enabled_maps",
    "get_map",
    "map_rows",
    "maps_by_ids",
    "picture_of",
]
