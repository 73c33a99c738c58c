%%% @doc Turns the words that people type into binaries for the program. `sup' sends binaries (with
%%% `-e' any Erlang term), an Erlang shell strings and atoms.
-module(ci_words).

-export([word/1
        ,words/1
        ,without_keys/1
        ,status/2
        ,visible/1
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

%% @doc Binaries stay unchanged, because a Call-ID need not be UTF-8.
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

%% @doc Text that is safe for a terminal, like the program's own (wire/visible.h): controls other
%% than line feeds, and bidirectional and invisible characters become `\x{1b}'.
-spec visible(unicode:chardata()) -> string().
visible(Text) ->
    case unicode:characters_to_list(Text) of
        Characters when is_list(Characters) -> lists:flatmap(fun visible_character/1, Characters);
        _NotCharacters -> lists:flatten(io_lib:format("~w", [Text]))
    end.

-spec visible_character(char()) -> string().
visible_character(C) ->
    case is_hidden(C) of
        'true' -> lists:flatten(io_lib:format("\\x{~.16b}", [C]));
        'false' -> [C]
    end.

-spec is_hidden(char()) -> boolean().
is_hidden(C) ->
    (C < 16#20 andalso C =/= $\n)
        orelse (C >= 16#7F andalso C =< 16#9F)
        orelse C =:= 16#AD
        orelse C =:= 16#61C
        orelse C =:= 16#180E
        orelse (C >= 16#200B andalso C =< 16#200F)
        orelse (C >= 16#2028 andalso C =< 16#202E)
        orelse (C >= 16#2060 andalso C =< 16#206F)
        orelse C =:= 16#FEFF
        orelse (C >= 16#FFF9 andalso C =< 16#FFFB)
        orelse (C >= 16#E0000 andalso C =< 16#E007F).

%% @doc For logs, crash reports and `sys:get_status': any term, without the values of `auth_key'.
-spec without_keys(any()) -> any().
without_keys(<<"auth_key=", _Key/binary>>) -> <<"auth_key=*">>;
without_keys({Name, _Key}) when Name =:= 'auth_key'; Name =:= "auth_key"; Name =:= <<"auth_key">> ->
    {Name, '*'};
without_keys([Head | Tail]) -> [without_keys(Head) | without_keys(Tail)]; % maybe improper
without_keys(Map) when is_map(Map) -> maps:from_list(without_keys(maps:to_list(Map)));
without_keys(Tuple) when is_tuple(Tuple) -> list_to_tuple(without_keys(tuple_to_list(Tuple)));
without_keys(Other) -> Other.

%% @doc A gen_server's state for format_status/2, without keys. Every OTP release supports this form of
%% the callback.
-spec status('normal' | 'terminate', any()) -> any().
status('normal', State) -> [{'data', [{"State", without_keys(State)}]}];
status('terminate', State) -> without_keys(State).
