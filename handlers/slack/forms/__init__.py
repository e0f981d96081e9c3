"""The modals: each form knows how it is filled and which event a submission of it is."""

from handlers.slack.forms.development import DEVELOPMENT
from handlers.slack.forms.escalation import ESCALATE
from handlers.slack.forms.form import Form
from handlers.slack.forms.incident import INCIDENT
from handlers.slack.forms.people import PEOPLE
from handlers.slack.forms.registers import REGISTERS
from handlers.slack.forms.severity import SEVERITY
from handlers.slack.forms.triage import TRIAGE

FORMS: dict[str, Form] = {
    form.name: form for form in (*TRIAGE, ESCALATE, SEVERITY, *DEVELOPMENT, *PEOPLE, *REGISTERS, *INCIDENT)
}
"""By name, which is the action_id of the button that opens it and the callback_id of its view."""
