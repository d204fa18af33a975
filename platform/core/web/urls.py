"""What every page of a school's host shares: "Hide Names", and the catalogue of components."""

from django.urls import path

from core.web.catalogue import catalogue, catalogue_draft, catalogue_people
from core.web.hiding import toggle

urlpatterns = [
    path("hide-names/", toggle, name="hide-names"),
    path("catalogue/", catalogue, name="component-catalogue"),
    path("catalogue/people/", catalogue_people, name="component-catalogue-people"),
    path("catalogue/draft/", catalogue_draft, name="component-catalogue-draft"),
]
