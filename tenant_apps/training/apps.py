from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "tenant_apps.training"
    verbose_name = "Training mode"
