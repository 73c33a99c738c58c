%%% @doc The flow of messages from the program to the listener: the listener's process, and the
%%% number of messages that the program may send. Messages that the listener has not published yet
%%% reduce this number, so that its mailbox stays short. The program keeps the others.
-module(ci_deliveries).

-export([none/0
        ,to/2
        ,to_nobody/1
        ,has_listener/1
        ,is_listener/3
        ,due/1
        ,allowed/2
        ,publish/2
        ,published/2
        ]).
-export_type([deliveries/0]).

-define(MOST, 32). % messages allowed or being published

-record(deliveries, {listener :: {pid(), reference()} | 'undefined'
                    ,credit = 0 :: non_neg_integer() % messages that the program may send
                    ,publishing = 0 :: non_neg_integer() % messages that the listener has
                    }).
-opaque deliveries() :: #deliveries{}.

-spec none() -> deliveries().
none() -> #deliveries{}.

%% @doc Sets the listener and monitors it.
-spec to(pid(), deliveries()) -> deliveries().
to(Pid, #deliveries{listener={Pid, _Ref}}=Deliveries) -> Deliveries;
to(Pid, Deliveries) ->
    (to_nobody(Deliveries))#deliveries{listener={Pid, monitor('process', Pid)}}.

-spec to_nobody(deliveries()) -> deliveries().
to_nobody(#deliveries{listener='undefined'}=Deliveries) -> Deliveries;
to_nobody(#deliveries{listener={_Pid, Ref}}=Deliveries) ->
    'true' = demonitor(Ref, ['flush']),
    Deliveries#deliveries{listener='undefined', publishing=0}.

-spec has_listener(deliveries()) -> boolean().
has_listener(#deliveries{listener=Listener}) -> Listener =/= 'undefined'.

-spec is_listener(pid(), reference(), deliveries()) -> boolean().
is_listener(Pid, Ref, #deliveries{listener=Listener}) -> Listener =:= {Pid, Ref}.

%% @doc How many more messages the program may be allowed to send.
-spec due(deliveries()) -> non_neg_integer().
due(#deliveries{listener='undefined'}) -> 0;
due(#deliveries{credit=Credit, publishing=Count}) -> max(0, ?MOST - Credit - Count).

-spec allowed(non_neg_integer(), deliveries()) -> deliveries().
allowed(More, #deliveries{credit=Credit}=Deliveries) ->
    Deliveries#deliveries{credit=Credit + More}.

%% @doc `error': the program sent a message without credit. Without a listener the message is
%% dropped: the program sent it before it learned that the listener was gone.
-spec publish(any(), deliveries()) -> {'ok', deliveries()} | 'error'.
publish(_Message, #deliveries{credit=0}) -> 'error';
publish(_Message, #deliveries{listener='undefined', credit=Credit}=Deliveries) ->
    {'ok', Deliveries#deliveries{credit=Credit - 1}};
publish(Message, #deliveries{listener={Pid, _Ref}, credit=Credit, publishing=Count}=Deliveries) ->
    _ = Pid ! {'publish', Message},
    {'ok', Deliveries#deliveries{credit=Credit - 1, publishing=Count + 1}}.

-spec published(pid(), deliveries()) -> deliveries().
published(Pid, #deliveries{listener={Pid, _Ref}, publishing=Count}=Deliveries) ->
    Deliveries#deliveries{publishing=max(0, Count - 1)};
published(_Other, Deliveries) -> Deliveries.
