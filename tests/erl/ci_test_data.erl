%%% @doc Where the tests' files are, whatever directory a test runs in; and what is in them.
-module(ci_test_data).

-export([file/1
        ,golden/0
        ,recording/1
        ]).

%% @doc A file below tests/.
-spec file(string()) -> file:filename().
file(Name) -> filename:join([root(code:lib_dir('call_inspector')), "tests", Name]).

%% @doc The project's directory: the build has its own below it.
-spec root(file:filename()) -> file:filename().
root(Dir) ->
    case filelib:is_regular(filename:join(Dir, "tests/data/erlang/port_terms.md")) of
        'true' -> Dir;
        'false' when Dir =/= "/" -> root(filename:dirname(Dir))
    end.

%% @doc Each case of port_terms.md: title, term, bytes.
-spec golden() -> [{binary(), any(), binary()}].
golden() ->
    {'ok', Text} = file:read_file(file("data/erlang/port_terms.md")),
    [_Preface | Cases] = re:split(Text, "^## ", ['multiline']),
    [{hd(binary:split(Case, <<"\n">>)), term(block("erlang", Case)), bytes(block("hex", Case))}
     || Case <- Cases
    ].

-spec block(string(), binary()) -> string().
block(Kind, Case) ->
    Options = ['dotall', {'capture', [1], 'list'}],
    {'match', [Block]} = re:run(Case, ["```", Kind, "\n(.*?)```"], Options),
    Block.

-spec term(string()) -> any().
term(Text) ->
    {'ok', Tokens, _Line} = erl_scan:string(Text ++ "."),
    {'ok', Term} = erl_parse:parse_term(Tokens),
    Term.

-spec bytes(string()) -> binary().
bytes(Hex) -> << <<(list_to_integer(Byte, 16))>> || Byte <- string:tokens(Hex, " \n") >>.

%% @doc The datagrams of a recording, in the order of their arrival.
-spec recording(string()) -> [binary()].
recording(Name) ->
    {'ok', Bytes} = file:read_file(file("data/recordings/" ++ Name)),
    [Datagram || <<Length:32, _ArrivalUs:64, Datagram:Length/binary>> <= Bytes].
