-module(ci_words_tests).

-include_lib("eunit/include/eunit.hrl").

word_test_() ->
    [{Name, ?_assertEqual(Expected, ci_words:word(Input))}
     || {Name, Input, Expected} <-
            [{"a binary is taken as it is", <<"a@b">>, {'ok', <<"a@b">>}}
            ,{"a binary need not be UTF-8", <<233>>, {'ok', <<233>>}}
            ,{"a string", "127.0.0.1", {'ok', <<"127.0.0.1">>}}
            ,{"a string is characters, not bytes", [233], {'ok', <<"é"/utf8>>}}
            ,{"the empty string", "", {'ok', <<>>}}
            ,{"a deep list of characters", ["a", [<<"b">>, $c]], {'ok', <<"abc">>}}
            ,{"an atom", '127.0.0.1', {'ok', <<"127.0.0.1">>}}
            ,{"a number", 9060, {'ok', <<"9060">>}}
            ,{"a tuple is no word", {127, 0, 0, 1}, {'error', {127, 0, 0, 1}}}
            ,{"a float is no word", 1.5, {'error', 1.5}}
            ,{"a list of atoms is no word", ['a'], {'error', ['a']}}
            ,{"half a surrogate is no character", [16#d800], {'error', [16#d800]}}
            ]
    ].

without_keys_test_() ->
    [?_assertEqual(Expected, ci_words:without_keys(Term))
     || {Term, Expected} <-
            [{[{<<"id">>, [<<"start_hep_parser">>, <<"auth_key=s3cret">>]}]
             ,[{<<"id">>, [<<"start_hep_parser">>, <<"auth_key=*">>]}]
             }
            ,{#{1 => {'state', [#{<<"auth_key">> => <<"s3cret">>}]}}
             ,#{1 => {'state', [#{<<"auth_key">> => '*'}]}}
             }
            ,{['alias' | {'auth_key', "s3cret"}], ['alias' | {'auth_key', '*'}]}
            ,{{'auth_key', "a", "b"}, {'auth_key', "a", "b"}}
            ]
    ].

visible_test_() ->
    [?_assertEqual(Expected, ci_words:visible(Text))
     || {Text, Expected} <-
            [{<<"Jürgen │\n"/utf8>>, "Jürgen │\n"}
            ,{["a\e[2J", 16#9b, 16#202e, $b], "a\\x{1b}[2J\\x{9b}\\x{202e}b"}
            ,{<<255>>, "<<255>>"}
            ]
    ].

words_test_() ->
    [?_assertEqual({'ok', [<<"flush">>, <<"1">>]}, ci_words:words(['flush', 1]))
    ,?_assertEqual({'error', {'a'}}, ci_words:words([1, {'a'}, 'b']))
    ].
