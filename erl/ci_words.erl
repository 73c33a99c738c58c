%%% @doc What people type, however it arrives: `sup' sends binaries, with `-e' any Erlang term, a
%%% shell strings and atoms. The program gets binaries.
-module(ci_words).

-export([word/1
        ,words/1
        ,without_keys/1
        ]).
-export_type([input/0
             ,word/0
             ]).

-type word() :: binary().
-type input() :: binary() | string() | atom() | integer().

-spec words([input()]) -> {'ok', [word()]} | {'error', any()}.
words(Inputs) -> words(Inputs, []).

-spec words([input()], [word()]) -> {'ok', [word()]} | {'error', any()}.
words([], Words) -> {'ok', lists:reverse(Words)};
words([Input | Inputs], Words) ->
    case word(Input) of
        {'ok', Word} -> words(Inputs, [Word | Words]);
        {'error', _}=Error -> Error
    end.

%% @doc Binaries are not looked into: a Call-ID need not be UTF-8.
-spec word(input()) -> {'ok', word()} | {'error', any()}.
word(Word) when is_binary(Word) -> {'ok', Word};
word(Word) when is_atom(Word) -> {'ok', atom_to_binary(Word, 'utf8')};
word(Word) when is_integer(Word) -> {'ok', integer_to_binary(Word)};
word(Word) when is_list(Word) ->
    try unicode:characters_to_binary(Word) of
        Binary when is_binary(Binary) -> {'ok', Binary};
        _NotCharacters -> {'error', Word}
    catch
        'error':'badarg' -> {'error', Word}
    end;
word(Word) -> {'error', Word}.

%% @doc For logs, crash reports and `sys:get_status': any term, without what follows `auth_key'.
-spec without_keys(any()) -> any().
without_keys(<<"auth_key=", _Key/binary>>) -> <<"auth_key=*">>;
without_keys({Name, _Key}) when Name =:= 'auth_key'; Name =:= "auth_key"; Name =:= <<"auth_key">> ->
    {Name, '*'};
without_keys([Head | Tail]) -> [without_keys(Head) | without_keys(Tail)]; % maybe improper
without_keys(Map) when is_map(Map) -> maps:from_list(without_keys(maps:to_list(Map)));
without_keys(Tuple) when is_tuple(Tuple) -> list_to_tuple(without_keys(tuple_to_list(Tuple)));
without_keys(Other) -> Other.
