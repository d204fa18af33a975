from django.urls import path

from tenant_apps.imports.views import api, pages, sheets

app_name = "imports"

urlpatterns = [
    path("admin/imports/", pages.home, name="home"),
    path("admin/imports/upload/", pages.upload, name="upload"),
    path("admin/imports/<uuid:import_id>/", pages.detail, name="detail"),
    path("admin/imports/<uuid:import_id>/progress/", pages.progress, name="progress"),
    path("admin/imports/<uuid:import_id>/decide/", pages.decide, name="decide"),
    path("admin/imports/spreadsheet/", sheets.upload_sheet, name="upload-sheet"),
    path("admin/imports/<uuid:import_id>/columns/", sheets.columns, name="columns"),
    path("admin/imports/<uuid:import_id>/discard/", sheets.discard, name="discard"),
    path("admin/imports/token/", pages.token, name="token"),
    path("admin/imports/token/end/", pages.stop_token, name="end-token"),
    path("api/mis/extracts/", api.extracts, name="api-extracts"),
    path("api/mis/extracts/<uuid:import_id>/", api.extract, name="api-extract"),
]
