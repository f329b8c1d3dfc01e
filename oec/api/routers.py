"""From viewsets to addresses."""

from rest_framework.routers import SimpleRouter

_list, _action_of_list, _object, _action_of_object = SimpleRouter.routes


class Router(SimpleRouter):
    """No slash at the end. ``api:projects`` is the list, ``api:project`` one of it,
    ``api:project-deploy-key`` an action.
    """

    routes = [
        _list._replace(name="{basename}s"),
        _action_of_list,
        _object._replace(name="{basename}"),
        _action_of_object,
    ]

    def __init__(self) -> None:
        super().__init__(trailing_slash=False, use_regex_path=False)
