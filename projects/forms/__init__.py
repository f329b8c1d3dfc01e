"""What people fill in about projects, environments and servers.

The forms clean; the services validate and write. ``changes`` is what goes to a
service, so that a field nobody touched is never written back over a newer value.
"""

from projects.forms.environments import EnvironmentForm
from projects.forms.people import SignInForm
from projects.forms.projects import NewProjectForm, ProjectForm, VariableForm
from projects.forms.servers import NewServerForm, ServerForm

__all__ = [
    "EnvironmentForm",
    "NewProjectForm",
    "NewServerForm",
    "ProjectForm",
    "ServerForm",
    "SignInForm",
    "VariableForm",
]
