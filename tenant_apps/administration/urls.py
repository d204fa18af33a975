from django.urls import path

from tenant_apps.administration.views import audits, categories, overview

app_name = "administration"

urlpatterns = [
    path("admin/", overview.overview, name="overview"),
    path("admin/service-level-agreement/", overview.agreement, name="agreement"),
    path("admin/users/<uuid:user_id>/audits/", audits.user_audits, name="user-audits"),
    path("admin/users/<uuid:user_id>/audits/export/", audits.export_audits, name="export-audits"),
    path("admin/users/<uuid:user_id>/security-log/", audits.security_log, name="security-log"),
    path("admin/categories/", categories.categories, name="categories"),
    path("admin/categories/new/", categories.new_category, name="new-category"),
    path("admin/categories/<uuid:category_id>/", categories.category, name="category"),
    path("admin/categories/<uuid:category_id>/merge/", categories.merge_category, name="merge-category"),
    path("admin/categories/<uuid:category_id>/delete/", categories.delete_category, name="delete-category"),
    path("admin/categories/<uuid:category_id>/enable/", categories.enable_category, name="enable-category"),
]
