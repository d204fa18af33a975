from django.urls import path

from shared_apps.helpdesk import views

app_name = "helpdesk"

urlpatterns = [path("contact-support/", views.contact, name="contact")]
