#include "erlang/term_writer.h"

#include <algorithm>
#include <new>

namespace ci::erlang {
namespace {

void must(int result) {
    if (result != 0) throw std::bad_alloc();  // the only reason why an encoder fails
}

void copy_node(const Self& self, char* to) {
    const std::size_t length = std::min<std::size_t>(self.node.size(), MAXATOMLEN_UTF8 - 1);
    to[self.node.copy(to, length)] = '\0';
}

}  // namespace

TermWriter::TermWriter() {
    must(ei_x_new_with_version(&buffer_));
}
TermWriter::~TermWriter() {
    ei_x_free(&buffer_);
}

TermWriter& TermWriter::tuple(int arity) {
    must(ei_x_encode_tuple_header(&buffer_, arity));
    return *this;
}
TermWriter& TermWriter::list(int length) {
    must(ei_x_encode_list_header(&buffer_, length));
    return *this;
}
TermWriter& TermWriter::nil() {
    must(ei_x_encode_empty_list(&buffer_));
    return *this;
}
TermWriter& TermWriter::atom(std::string_view name) {
    must(ei_x_encode_atom_len_as(&buffer_, name.data(), static_cast<int>(name.size()), ERLANG_UTF8,
                                 ERLANG_UTF8));
    return *this;
}
TermWriter& TermWriter::number(std::uint64_t value) {
    must(ei_x_encode_ulonglong(&buffer_, value));
    return *this;
}
TermWriter& TermWriter::binary(std::string_view octets) {
    must(ei_x_encode_binary(&buffer_, octets.data(), static_cast<int>(octets.size())));
    return *this;
}
TermWriter& TermWriter::raw(RawTerm term) {
    must(ei_x_append_buf(&buffer_, term.data(), static_cast<int>(term.size())));
    return *this;
}

TermWriter& TermWriter::process(const Self& self, std::uint32_t number) {
    erlang_pid pid{};
    copy_node(self, pid.node);
    pid.num = number;
    pid.creation = self.creation;
    must(ei_x_encode_pid(&buffer_, &pid));
    return *this;
}

TermWriter& TermWriter::reference(const Self& self, std::uint32_t number) {
    erlang_ref ref{};
    copy_node(self, ref.node);
    ref.len = 3;
    ref.n[0] = number;
    ref.creation = self.creation;
    must(ei_x_encode_ref(&buffer_, &ref));
    return *this;
}

std::string_view TermWriter::bytes() const {
    return {buffer_.buff, static_cast<std::size_t>(buffer_.index)};
}

}  // namespace ci::erlang
