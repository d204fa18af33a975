from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    name = "shared_apps.operators"
    audit_words = {
        "operator.created": "An operator was made",
    }
