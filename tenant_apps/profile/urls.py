from django.urls import path

from tenant_apps.profile import views

app_name = "profile"

urlpatterns = [
    path("students/search/", views.search, name="search"),
    path("students/register/<uuid:group_id>/", views.register, name="register"),
    path(
        "students/register/<uuid:group_id>/update-categories/", views.update_register, name="update-register"
    ),
    path(
        "students/monitored/<uuid:category_id>/update-categories/",
        views.update_monitored,
        name="update-monitored",
    ),
    path("students/<uuid:student_id>/edit/", views.edit, name="edit"),
    path("students/<uuid:student_id>/attendance/", views.attendance, name="attendance"),
    path("students/sealed/", views.sealed, name="sealed"),
    path("students/<uuid:student_id>/keeping/", views.keeping, name="keeping"),
    path("students/<uuid:student_id>/photo/", views.photo, name="photo"),
    path("students/<uuid:student_id>/contacts/", views.contacts, name="contacts"),
    path("students/<uuid:student_id>/contacts/add/", views.new_contact, name="add-contact"),
    path("students/<uuid:student_id>/contacts/withhold/", views.withhold, name="withhold"),
    path("students/<uuid:student_id>/contacts/<uuid:contact_id>/", views.contact, name="contact"),
    path("students/<uuid:student_id>/court-orders/add/", views.new_court_order, name="add-court-order"),
    path("students/<uuid:student_id>/court-orders/<uuid:order_id>/", views.court_order, name="court-order"),
    path(
        "students/<uuid:student_id>/court-orders/<uuid:order_id>/file/",
        views.court_order_file,
        name="court-order-file",
    ),
    path("students/<uuid:student_id>/maps/<uuid:map_id>/", views.map_of_student, name="map"),
    path("students/<uuid:student_id>/links/", views.links, name="links"),
    path("students/<uuid:student_id>/monitoring-history/", views.monitoring, name="monitoring"),
    path("students/<uuid:student_id>/audit-report/", views.audit_report, name="audit-report"),
    path("students/<uuid:student_id>/audit-report/csv/", views.export_report, name="export-report"),
    path("students/<uuid:student_id>/blocked/", views.blocked, name="blocked"),
    path("students/<uuid:student_id>/", views.overview, name="overview"),
]
