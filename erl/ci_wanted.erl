%%% @doc Learns from the program's answers which parsers are wanted (ci_state keeps the list), and
%%% keeps those that could not be started.
-module(ci_wanted).

-export([learn/2
        ,none_missing/0
        ,missing/4
        ,not_missing/2
        ,reasons/1
        ,still_missing/1
        ,to_retry/1
        ]).
-export_type([missing/0]).

-opaque missing() :: [{ci_state:parser(), binary(), boolean()}]. % reason; whether to try again

%% @doc Learns from a command's answer. Returns the answer for the asker, and the ids of parsers
%% that are not missing (any more). Must be called before the asker is answered, so that no crash in
%% between can lose the wish.
-spec learn([ci_words:word()], ci_port:answer()) -> {ci_port:answer(), [binary()]}.
learn(Words, Told) ->
    Answer = given_up(Words, Told),
    {Answer, remember(Words, Answer)}.

%% @doc A wanted parser that could not be started is unknown to the program. To stop it means not to
%% try it again, so the program's error becomes `ok'.
-spec given_up([ci_words:word()], ci_port:answer()) -> ci_port:answer().
given_up([<<"stop_active_parser">>, Id], {'error', {'failed', _Text}}=Error) ->
    case lists:keymember(Id, 1, ci_state:wanted()) of
        'true' -> {'ok', <<"ok\n">>};
        'false' -> Error
    end;
given_up(_Words, Answer) -> Answer.

-spec remember([ci_words:word()], ci_port:answer()) -> [binary()].
remember([<<"start_", _/binary>> | _]=Words, {'ok', <<"started '", Quoted/binary>>}) ->
    [Id | _] = binary:split(Quoted, <<"'">>),
    'ok' = ci_state:want(Id, Words),
    [Id];
remember([<<"stop_active_parser">>, Id], {'ok', _Text}) ->
    'ok' = ci_state:forget(Id),
    [Id];
remember(_Words, _Answer) -> [].

-spec none_missing() -> missing().
none_missing() -> [].

-spec missing(ci_state:parser(), binary(), boolean(), missing()) -> missing().
missing(Parser, Why, IsRetried, Missing) ->
    lists:keystore(Parser, 1, Missing, {Parser, reason(Why), IsRetried}).

-spec reason(binary()) -> binary().
reason(<<"failed to start parser: ", Reason/binary>>) -> Reason;
reason(Reason) -> Reason.

-spec not_missing(binary(), missing()) -> missing().
not_missing(Id, Missing) ->
    [Entry || {{OtherId, _Words}, _Reason, _IsRetried}=Entry <- Missing, OtherId =/= Id].

-spec reasons(missing()) -> [{binary(), binary()}].
reasons(Missing) -> [{Id, Reason} || {{Id, _Words}, Reason, _IsRetried} <- Missing].

%% @doc The missing parsers that are still wanted.
-spec still_missing(missing()) -> missing().
still_missing(Missing) ->
    Wanted = ci_state:wanted(),
    [Entry || {Parser, _Reason, _IsRetried}=Entry <- Missing, lists:member(Parser, Wanted)].

-spec to_retry(missing()) -> [ci_state:parser()].
to_retry(Missing) -> [Parser || {Parser, _Reason, 'true'} <- Missing].
