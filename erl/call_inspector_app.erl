%%% @doc The application: one supervisor.
-module(call_inspector_app).

-behaviour(application).

-export([start/2
        ,stop/1
        ]).

-spec start(application:start_type(), any()) -> {'ok', pid()} | {'error', any()}.
start(_Type, _Args) ->
    case call_inspector_sup:start_link() of
        {'ok', Pid} -> {'ok', Pid};
        'ignore' -> {'error', 'ignore'};
        {'error', Reason} -> {'error', Reason}
    end.

-spec stop(any()) -> 'ok'.
stop(_State) -> 'ok'.
