%%% @doc The interface for other applications. People use call_inspector_maintenance.
-module(call_inspector).

-export([command/1
        ,command/2
        ]).

-define(TIMEOUT_MS, 60000).

%% @doc Runs a command (docs/commands.md), its name first:
%% `call_inspector:command(["callid_details", CallId])'. Returns the text that the command prints.
-spec command([ci_words:input()]) -> ci_port:answer().
command(Inputs) -> command(Inputs, ?TIMEOUT_MS).

-spec command([ci_words:input()], timeout()) -> ci_port:answer().
command(Inputs, Timeout) ->
    case ci_words:words(Inputs) of
        {'ok', Words} -> ci_port:ask(Words, Timeout);
        {'error', NotAWord} ->
            Text = io_lib:format("neither text nor a number: ~tp~n", [NotAWord]),
            {'error', {'usage', unicode:characters_to_binary(Text)}}
    end.
