"""The catalogue of components, on a school's host, for those who sign in there."""

from django.urls import path

from core.web.catalogue import catalogue, catalogue_draft, catalogue_people

urlpatterns = [
    path("catalogue/", catalogue, name="component-catalogue"),
    path("catalogue/people/", catalogue_people, name="component-catalogue-people"),
    path("catalogue/draft/", catalogue_draft, name="component-catalogue-draft"),
]
