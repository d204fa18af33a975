from django.urls import path

from tenant_apps.administration.views import overview

app_name = "administration"

urlpatterns = [
    path("admin/", overview.overview, name="overview"),
    path("admin/service-level-agreement/", overview.agreement, name="agreement"),
]
