from django.urls import path

from tenant_apps.incidents import views

app_name = "incidents"

urlpatterns = [
    path("incidents/add/", views.add_incident, name="add"),
    path("incidents/add/readers/", views.readers_of_form, name="readers-of-form"),
    path("incidents/tray/", views.tray, name="tray"),
    path("incidents/tray/<uuid:tray_id>/attach/", views.attach, name="attach"),
    path("incidents/tray/<uuid:tray_id>/keep/", views.keep, name="keep"),
    path("incidents/drafts/<uuid:draft_id>/", views.save_draft, name="draft"),
    path("incidents/drafts/<uuid:draft_id>/discard/", views.discard_draft, name="discard-draft"),
    path("incidents/<uuid:incident_id>/", views.entry, name="entry"),
    path("incidents/<uuid:incident_id>/edit/", views.edit_incident, name="edit"),
    path("incidents/<uuid:incident_id>/history/", views.history, name="history"),
    path("incidents/actions/<uuid:action_id>/edit/", views.edit_action, name="edit-action"),
    path("incidents/actions/<uuid:action_id>/history/", views.action_history, name="action-history"),
    path("incidents/<uuid:incident_id>/merge/", views.merge, name="merge"),
    path("incidents/<uuid:incident_id>/move/", views.move, name="move"),
    path("incidents/actions/<uuid:action_id>/split/", views.split, name="split"),
    path("incidents/<uuid:incident_id>/delete/", views.delete_incident, name="delete"),
    path("incidents/<uuid:incident_id>/restore/", views.restore_incident, name="restore"),
    path("incidents/actions/<uuid:action_id>/delete/", views.delete_action, name="delete-action"),
    path("incidents/actions/<uuid:action_id>/restore/", views.restore_action, name="restore-action"),
    path("incidents/<uuid:incident_id>/print/", views.print_entry, name="print"),
    path("incidents/<uuid:incident_id>/actions/add/", views.add_action, name="add-action"),
    path("incidents/<uuid:incident_id>/read/", views.mark_read, name="mark-read"),
    path("incidents/<uuid:incident_id>/status/", views.change_status, name="change-status"),
    path("incidents/<uuid:incident_id>/withdraw/", views.withdraw_alerts, name="withdraw-alerts"),
    path("incidents/<uuid:incident_id>/readers/", views.readers, name="readers"),
    path("incidents/<uuid:incident_id>/blocked/", views.blocked, name="blocked"),
    path("incidents/<uuid:incident_id>/own/", views.own_words, name="own-words"),
    path("incidents/actions/<uuid:action_id>/own/", views.own_action, name="own-action"),
    path("incidents/<uuid:incident_id>/told/", views.told, name="told"),
    path("incidents/actions/<uuid:action_id>/linked/", views.copy_action, name="copy-action"),
    path("incidents/categories/<uuid:waiting_id>/", views.decide_category, name="decide-category"),
    path("students/<uuid:student_id>/incidents/", views.chronology, name="chronology"),
    path("students/<uuid:student_id>/incidents/<uuid:incident_id>/pin/", views.pin, name="pin"),
    path("students/<uuid:student_id>/incidents/<uuid:incident_id>/unpin/", views.unpin, name="unpin"),
    path("students/<uuid:student_id>/incidents/search/", views.search_log, name="search-log"),
    path("students/<uuid:student_id>/incidents/pdf/", views.chronology_pdf, name="chronology-pdf"),
]
