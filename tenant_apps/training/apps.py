from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "tenant_apps.training"
    verbose_name = "Training mode"
    audit_words = {
        "training.asked_to_end": "Administrators were asked to end training mode",
        "training.begun": "Switched training mode on",
        "training.ended": "Switched training mode off",
        "training.listed": "Looked at the entries of training mode",
        "training.return_requested": "The provider was asked to bring training entries back",
        "training.returned": "The provider brought training entries back",
    }

    def ready(self) -> None:
        from core.web import frame
        from tenant_apps.training import adapters, handlers

        assert handlers.ASK_MAIL
        frame.register("training", adapters.banner)
