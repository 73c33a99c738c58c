-module(kapi_inspector).

-export([bind_q/2
        ,declare_exchanges/0
        ]).

bind_q(Queue, _Props) -> kz_amqp_util:bind_q_to_monitor(Queue, <<"call_inspector.*">>).

declare_exchanges() -> kz_amqp_util:monitor_exchange().
