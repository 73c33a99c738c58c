"""Captures as the field brings them: mirrors, encapsulations, link types, formats (tests/data/captures)."""

import pathlib

import pytest

CAPTURES = pathlib.Path(__file__).parent.parent / "data" / "captures"

CALL = ["INVITE", "100", "200", "ACK"]
SHOWN = {
    "vxlan.pcap": ("vxlan@t", CALL),
    "gre_ip.pcap": ("greip@t", CALL),
    "gre_pptp_vlan.pcap": ("greppp@t", ["INVITE", "200"]),
    "erspan1.pcap": ("ersp1@t", CALL),
    "erspan2.pcap": ("ersp2@t", CALL),
    "tzsp.pcap": ("tzsp@t", CALL),
    "pppoe.pcap": ("pppoe@t", CALL),
    "mpls.pcap": ("mpls@t", CALL),
    "mpls2.pcap": ("mpls2@t", CALL),
    "ppp.pcap": ("ppp@t", CALL),
    "hdlc.pcap": ("hdlc@t", CALL),
    "ng_mixedlink.pcapng": ("ngmix@t", CALL),
    "ng_mixedlink_sll.pcapng": ("ngmix2@t", CALL),
    "m_ng_snaplens.pcapng": ("ngsn@t", ["INVITE", "200"]),
    "gzipped.pcap.gz": ("gz@t", CALL),
    "m_two_100_ipid.pcap": ("two100@t", ["INVITE", "INVITE", "100", "100", "200", "ACK"]),
    "m_180_before_100.pcap": ("o180@t", ["INVITE", "180", "100", "200", "ACK"]),
}


def short(label):
    words = label.split()
    return words[1] if words[0] == "SIP/2.0" else words[0]


@pytest.mark.parametrize("file", SHOWN)
def test_what_a_capture_shows(inspector, file):
    call, labels = SHOWN[file]
    counted = inspector.json("import_pcap", CAPTURES / file)
    answer = inspector.json("callid_details", call)
    assert [short(chunk["label"]) for chunk in answer] == labels, counted
    hosts = {chunk[end].rsplit(":", 1)[0] for chunk in answer for end in ("src", "dst")}
    assert hosts == {"10.1.0.1", "10.1.0.2"}
    assert counted["refused"] == {} and counted["frames"]["lost"] == {}
